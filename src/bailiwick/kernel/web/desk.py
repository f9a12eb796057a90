"""My desk: what waits for me, and what I hold."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.web.context import leads_on
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.worklist.actions import claim_next
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import list_in_hands, list_queues, list_titles, list_waiting


@dataclass(frozen=True, slots=True)
class Held:
    """An item in my hands, with the queue to go on in and its subject in words."""

    item: WorkItem
    queue: Queue
    title: str

    @property
    def is_expired(self) -> bool:
        return self.item.available_at <= now()


class DeskPage(Page):
    """The work of all queues that the actor may work."""

    right = MEMBER
    template_name = "web/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = list_waiting(self.actor)
        late = [each for each in waiting if each.next_due and each.next_due < now()]
        return self.show(
            waiting=waiting,
            total=sum(each.count for each in waiting),
            is_more=any(each.is_more for each in waiting),
            late=late,
            hands=held_by(list(list_in_hands(self.actor))),
        )


def held_by(items: list[WorkItem]) -> list[Held]:
    """Items of queues that are still declared, with their subjects' titles: one statement for each kind of subject."""
    titles = {
        kind: list_titles(kind, [each.subject_id for each in items]) for kind in {each.subject_type for each in items}
    }
    queues = registry().queues
    return [
        Held(item, queues[item.queue], titles[item.subject_type].get(item.subject_id, ""))
        for item in items
        if item.queue in queues
    ]


class StartPage(Page):
    """Where one begins: at the only queue that one works, at one's own records where one works none, or at the desk."""

    right = MEMBER

    def get(self, request: HttpRequest) -> HttpResponse:
        queues = list_queues(self.actor)
        if queues:
            return redirect(queues[0].url_name if len(queues) == 1 else "web:desk")
        homes = (item.url_name for item in registry().navigation if item.is_home and leads_on(self.actor, item))
        return redirect(next(homes, "web:desk"))


class NextItem(Page):
    """Takes the next item of a queue, or of whichever queue is due first, and goes where it is worked."""

    right = MEMBER

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = request.POST.get("queue", "")
        for queue in self._candidates(asked):
            if claim_next(actor=self.actor, queue_code=queue.code):
                return redirect(queue.url_name)
        if asked in registry().queues:
            return redirect(registry().queues[asked].url_name)
        self.tell(_("Nothing waits for you now."))
        return redirect("web:desk")

    def _candidates(self, asked: str) -> list[Queue]:
        waiting = [each for each in list_waiting(self.actor) if not asked or each.queue.code == asked]
        held = {item.queue for item in list_in_hands(self.actor)}
        waiting.sort(key=lambda each: (each.queue.code not in held, each.next_due is None, each.next_due or now()))
        return [each.queue for each in waiting]
