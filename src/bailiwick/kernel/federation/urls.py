from django.urls import path

from bailiwick.kernel.federation.api.urls import urlpatterns as scim
from bailiwick.kernel.federation.web.answers import OidcCallback, SamlAnswer, SamlFinish, SamlMetadata
from bailiwick.kernel.federation.web.domains import DomainList, NewDomain, OneDomain, RemoveDomain
from bailiwick.kernel.federation.web.doors import Door, Provided, Route, ShowAgain
from bailiwick.kernel.federation.web.groups import EndGroup, GroupList, NewGroup, OneGroup
from bailiwick.kernel.federation.web.providers import (
    NewProvider,
    OneProvider,
    ProviderList,
    SwitchProvider,
    TryProvider,
)

app_name = "federation"

urlpatterns = [
    path("accounts/organization/", Route.as_view(), name="route"),
    path("accounts/again/provider/", ShowAgain.as_view(), name="again"),
    path("accounts/login/<slug:slug>/", Door.as_view(), name="door"),
    path("accounts/login/<slug:slug>/<uuid:provider_id>/", Provided.as_view(), name="provided"),
    path("accounts/oidc/<uuid:provider_id>/callback", OidcCallback.as_view(), name="oidc-callback"),
    path("accounts/saml/<uuid:provider_id>/metadata", SamlMetadata.as_view(), name="saml-metadata"),
    path("accounts/saml/<uuid:provider_id>/answer", SamlAnswer.as_view(), name="saml-answer"),
    path("accounts/saml/<uuid:provider_id>/finish", SamlFinish.as_view(), name="saml-finish"),
    path("settings/providers/", ProviderList.as_view(), name="providers"),
    path("settings/providers/new/", NewProvider.as_view(), name="provider-new"),
    path("settings/providers/<uuid:provider_id>/", OneProvider.as_view(), name="provider"),
    path("settings/providers/<uuid:provider_id>/try/", TryProvider.as_view(), name="provider-try"),
    path("settings/providers/<uuid:provider_id>/switch/", SwitchProvider.as_view(), name="provider-switch"),
    path("settings/domains/", DomainList.as_view(), name="domains"),
    path("settings/domains/new/", NewDomain.as_view(), name="domain-new"),
    path("settings/domains/<uuid:domain_id>/", OneDomain.as_view(), name="domain"),
    path("settings/domains/<uuid:domain_id>/remove/", RemoveDomain.as_view(), name="domain-remove"),
    path("settings/groups/", GroupList.as_view(), name="groups"),
    path("settings/groups/new/", NewGroup.as_view(), name="group-new"),
    path("settings/groups/<uuid:group_role_id>/", OneGroup.as_view(), name="group"),
    path("settings/groups/<uuid:group_role_id>/end/", EndGroup.as_view(), name="group-end"),
    *scim,
]
