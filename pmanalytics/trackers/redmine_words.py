"""The words of Redmine: the headers of its CSV and its default statuses, by language.

Headers follow the language of the person who exports, statuses that of the person who installed the
server, who may have named them anew.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["HEADERS", "RESOLVED", "STATES"]

# For each of our columns the header in English, German, Spanish and French.
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("Subject", "Thema", "Asunto", "Sujet"),
    "project": ("Project", "Projekt", "Proyecto", "Projet"),
    "status": ("Status", "Estado", "Statut"),
    "priority": ("Priority", "Priorität", "Prioridad", "Priorité"),
    "owners": ("Assignee", "Zugewiesen an", "Asignado a", "Assigné à"),
    "created_at": ("Created", "Angelegt", "Creado", "Créé"),
    "updated_at": ("Updated", "Aktualisiert", "Actualizado", "Mis-à-jour"),
    "closed_at": ("Closed", "Geschlossen", "Cerrada", "Fermé"),
    "promised_on": ("Due date", "Abgabedatum", "Fecha fin", "Echéance"),
    "planned": ("Target version", "Zielversion", "Versión prevista", "Version cible"),
}
# The status in which somebody says that it is done, and nobody has closed it yet.
RESOLVED: Final = ("resolved", "gelöst", "resuelta", "résolu")
STATES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "feedback", "neu", "in bearbeitung", "nueva", "en curso", "comentarios", "nouveau",
            "en cours", "commentaire",
        ),
        "open",
    ),
    **dict.fromkeys((*RESOLVED, "erledigt", "geschlossen", "cerrada", "fermé"), "done"),
    **dict.fromkeys(("rejected", "abgewiesen", "rechazada", "rejeté"), "dropped"),
}  # fmt: skip
