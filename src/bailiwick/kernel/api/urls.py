from bailiwick.kernel.api.documentation import Redoc, Schema, Swagger
from bailiwick.kernel.api.routes import both

app_name = "api"

urlpatterns = [
    *both("api/schema/", Schema.as_view(), "schema"),
    *both("api/docs/", Swagger.as_view(), "docs"),
    *both("api/redoc/", Redoc.as_view(), "redoc"),
]
