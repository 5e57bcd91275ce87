"""The words of Jira, which follow the language of the person who exports.

Headers, default statuses, resolutions and categories are translated; custom fields, priorities and
what a site added itself stay as they are. A language is told by its headers. How sure a word is
stands with its language, because nobody promises these words and Jira changes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["LANGUAGES", "Language"]


@dataclass(frozen=True, kw_only=True)
class Language:
    """The words of one language, and how well they are known.

    - `columns` gives for each of our columns its headers; that of the key has to be there for a
      file to be recognised. `short_key` are headers of the key that other tools have too, and
      `view` further headers that tell the language.
    - `custom` is what stands before the name of a custom field in brackets.
    - `links` fits the headers of columns with a link to another ticket, and `outward` those of them
      that lead from the ticket to the other; both are regular expressions. `listed` are headers of
      columns in which several tickets stand, with commas between them.
    - `open`, `done` and `dropped` are statuses, and `dropping` resolutions of dropped tickets.
    - `categories` are the three groups of statuses: to do, in progress and done.
    - `unresolved` are the words for a resolution that is none, `reopened` beginnings of statuses,
      and `nobody` the words for a ticket without owner.
    """

    name: str
    verified: str
    columns: Mapping[str, tuple[str, ...]]
    short_key: tuple[str, ...]
    view: tuple[str, ...]
    custom: str
    links: str
    outward: str
    listed: tuple[str, ...]
    categories: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    duplicate: tuple[str, ...]
    open: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    dropping: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    severity: tuple[str, ...] = field(default=("Severity",))


# Statuses and resolutions in English are those that `vocabulary` knows for all trackers.
_ENGLISH: Final = Language(
    name="English",
    verified="real files of Cloud 2025, Server 8 and Server 6.2",
    columns={
        "key": ("Issue key",),
        "title": ("Summary",),
        "priority": ("Priority",),
        "status": ("Status",),
        "resolution": ("Resolution",),
        "category": ("Status Category",),
        "state_changed_at": ("Status Category Changed",),
        "owners": ("Assignee", "Assignees"),
        "created_at": ("Created",),
        "updated_at": ("Updated",),
        "closed_at": ("Resolved",),
        "promised_on": ("Due date",),
        "planned": ("Sprint",),
        "labels": ("Labels",),
    },
    short_key=("Key",),
    view=("Issue id", "Issue Type", "Reporter"),
    custom="Custom field",
    links=r"(in|out)ward issue link \(.*|parent key|epic link",
    outward="outward",
    listed=("Linked Issues",),
    categories=(("To Do", "New"), ("In Progress", "Indeterminate"), ("Done", "Complete")),
    duplicate=("Duplicate", "Duplicates", "Duplicated"),
    unresolved=("Unresolved", "None"),
    reopened=("Reopen", "Re-open"),
    nobody=("Unassigned",),
)
_SPANISH: Final = Language(
    name="Spanish",
    verified="real files of Cloud 2026; labels, links, dropped and reopened tickets unverified",
    columns={
        "key": ("Clave de incidencia",),
        "title": ("Resumen",),
        "priority": ("Prioridad",),
        "status": ("Estado",),
        "resolution": ("Resolución",),
        "category": ("Categoría de estado",),
        "state_changed_at": ("Categoría de estado cambiada",),
        "owners": ("Persona asignada", "Responsable"),
        "created_at": ("Creada", "Creado"),
        "updated_at": ("Actualizada", "Actualizado"),
        "closed_at": ("Resuelta", "Resuelto"),
        "promised_on": ("Fecha de vencimiento",),
        "labels": ("Etiquetas",),
    },
    short_key=("Clave",),
    view=("ID de la incidencia", "Tipo de Incidencia", "Informador"),
    custom="Campo personalizado",
    links=r"enlace .*\(.*|clave principal",
    outward="saliente|externa",
    listed=("Incidencias enlazadas",),
    categories=(("Por hacer",), ("En curso",), ("Listo",)),
    duplicate=("Duplicada", "Duplicado", "Duplicate"),
    open=(
        "Tareas por hacer", "Abierta", "Abierto", "En progreso", "En revisión", "Pendiente",
        "Bloqueada", "Bloqueado", "Nueva", "Nuevo", "Seleccionado para desarrollo",
    ),
    done=(
        "Finalizada", "Finalizado", "Lista", "Hecha", "Hecho", "Resuelta", "Resuelto", "Cerrada",
        "Cerrado", "Completada", "Completado", "Terminada", "Terminado",
    ),
    dropped=(
        "Cancelada", "Cancelado", "Rechazada", "Rechazado", "Descartada", "Descartado",
        "Duplicada", "Duplicado",
    ),
    dropping=(
        "No se hará", "No se va a hacer", "No se corregirá", "No se puede reproducir",
        "No reproducible", "Incompleta", "Incompleto", "No es un error",
    ),
    unresolved=("Sin resolver", "No resuelta"),
    reopened=("Reabiert",),
    nobody=("Sin asignar", "No asignado"),
    severity=("Severity", "Severidad", "Gravedad"),
)  # fmt: skip
_GERMAN: Final = Language(
    name="German",
    verified="headers and Fertig from programs that read Cloud exports; rest unverified",
    columns={
        "key": ("Vorgangsschlüssel",),
        "title": ("Zusammenfassung",),
        "priority": ("Priorität",),
        "status": ("Status",),
        "resolution": ("Lösung",),
        "category": ("Statuskategorie",),
        "state_changed_at": ("Statuskategorie geändert",),
        "owners": ("Zugewiesene Person", "Bearbeiter"),
        "created_at": ("Erstellt",),
        "updated_at": ("Aktualisiert",),
        "closed_at": ("Erledigt",),
        "promised_on": ("Fälligkeitsdatum", "Fällig am"),
        "labels": ("Label", "Stichwörter"),
    },
    short_key=("Schlüssel",),
    view=("Vorgangs-ID", "Vorgangstyp", "Autor"),
    custom="Benutzerdefinierte Felder",
    links=(
        r".*\b(eingehend|ausgehend)\w* .*\(.*|.*\bverknüpfung.*\(.*"
        r"|übergeordneter (vorgangs)?schlüssel"
    ),
    outward="ausgehend|nach außen",
    listed=("Verknüpfte Vorgänge",),
    categories=(("Zu erledigen",), ("In Arbeit",), ("Fertig",)),
    duplicate=("Duplikat", "Dupliziert", "Duplicate"),
    open=(
        "Offen", "In Bearbeitung", "In Überprüfung", "In Prüfung", "Blockiert", "Wartend", "Neu",
        "Ausgewählt für Entwicklung",
    ),
    done=("Erledigt", "Geschlossen", "Gelöst", "Behoben", "Abgeschlossen"),
    dropped=("Abgelehnt", "Abgebrochen", "Verworfen", "Storniert", "Zurückgezogen", "Duplikat"),
    dropping=(
        "Wird nicht erledigt", "Wird nicht behoben", "Nicht reproduzierbar", "Unvollständig",
        "Kein Fehler", "Ungültig",
    ),
    unresolved=("Nicht erledigt", "Ungelöst", "Offen"),
    reopened=("Wieder geöffnet", "Erneut geöffnet", "Wiedereröffnet"),
    nobody=("Nicht zugewiesen",),
    severity=("Severity", "Schweregrad"),
)  # fmt: skip
_FRENCH: Final = Language(
    name="French",
    verified="headers and categories from programs that read Cloud exports; rest unverified",
    columns={
        "key": ("Clé de ticket", "Clé de demande"),
        "title": ("Résumé",),
        "priority": ("Priorité",),
        "status": ("État", "Statut"),
        "resolution": ("Résolution",),
        "category": ("Catégorie d'état", "Catégorie de statut"),
        "state_changed_at": ("Catégorie d'état modifiée", "Catégorie de statut modifiée"),
        "owners": ("Personne assignée", "Responsable", "Attribution"),
        "created_at": ("Création", "Créé"),
        "updated_at": ("Mise à jour", "Mis à jour"),
        "closed_at": ("Résolu", "Résolue", "Résolu(e)"),
        "promised_on": ("Date d'échéance", "Échéance"),
        "labels": ("Étiquettes",),
    },
    short_key=("Clé",),
    view=("ID de ticket", "Type de ticket", "Rapporteur"),
    custom="Champs personnalisés",
    links=r"lien d\w+ (ticket|demande) .*\(.*|clé parent",
    outward="sortant",
    listed=("Tickets liés",),
    categories=(("À faire",), ("En cours",), ("Terminé", "Terminée", "Terminé(e)")),
    duplicate=("Doublon", "Dupliqué", "Duplicate"),
    open=(
        "Ouvert", "Ouverte", "En revue", "En révision", "En attente", "Bloqué", "Bloquée",
        "Nouveau", "Sélectionné pour le développement",
    ),
    done=("Fermé", "Fermée", "Résolu", "Résolue", "Corrigé", "Corrigée", "Livré", "Livrée"),
    dropped=(
        "Annulé", "Annulée", "Rejeté", "Rejetée", "Refusé", "Refusée", "Abandonné", "Abandonnée",
        "Doublon",
    ),
    dropping=(
        "Ne sera pas fait", "Ne sera pas corrigé", "Impossible à reproduire",
        "Non reproductible", "Incomplet", "Invalide",
    ),
    unresolved=("Non résolu", "Non résolue", "Non résolu(e)"),
    reopened=("Rouvert", "Réouvert"),
    nobody=("Non assigné", "Non assignée", "Non attribué", "Non assigné(e)"),
    severity=("Severity", "Sévérité", "Gravité"),
)  # fmt: skip
_PORTUGUESE: Final = Language(
    name="Portuguese",
    verified="headers and categories from programs that read Cloud exports; rest unverified",
    columns={
        "key": ("Chave da item", "Chave do item", "Chave da pendência"),
        "title": ("Resumo",),
        "priority": ("Prioridade",),
        "status": ("Status", "Estado"),
        "resolution": ("Resolução",),
        "category": ("Categoria do status",),
        "state_changed_at": ("Categoria do status alterada",),
        "owners": ("Responsável",),
        "created_at": ("Criado", "Criado(a)"),
        "updated_at": ("Atualizado(a)", "Atualizado"),
        "closed_at": ("Resolvido", "Resolvido(a)"),
        "promised_on": ("Data limite", "Data de vencimento"),
        "labels": ("Categorias", "Rótulos"),
    },
    short_key=("Chave",),
    view=("ID da item", "Tipo de item", "Relator"),
    custom="Campo personalizado",
    links=r"link .*\b(item|itens|pendência)\b.*\(.*|chave pai",
    outward="extern[oa]|saída",
    listed=("Itens vinculados",),
    categories=(
        ("Itens Pendentes", "Tarefas pendentes", "A fazer"),
        ("Em andamento",),
        ("Itens concluídos", "Concluído", "Concluída", "Feito"),
    ),
    duplicate=("Duplicado", "Duplicada", "Duplicate"),
    open=(
        "Pendente", "Aberto", "Aberta", "Em progresso", "Em análise", "Em revisão", "Aguardando",
        "Bloqueado", "Bloqueada", "Novo", "Nova", "Selecionado para desenvolvimento",
    ),
    done=("Fechado", "Fechada", "Resolvido", "Resolvida", "Finalizado", "Finalizada", "Pronto"),
    dropped=(
        "Cancelado", "Cancelada", "Rejeitado", "Rejeitada", "Descartado", "Descartada",
        "Duplicado", "Duplicada",
    ),
    dropping=(
        "Não será feito", "Não vai ser feito", "Não será corrigido", "Não é possível reproduzir",
        "Não reproduzível", "Incompleto",
    ),
    unresolved=("Não resolvido", "Não resolvida"),
    reopened=("Reabert",),
    nobody=("Não atribuído", "Sem responsável"),
    severity=("Severity", "Severidade", "Gravidade"),
)  # fmt: skip
LANGUAGES: Final = (_ENGLISH, _SPANISH, _GERMAN, _FRENCH, _PORTUGUESE)
