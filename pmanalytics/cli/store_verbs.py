"""The verbs about what was: keep what exports say, and tell what became of an item."""

import sys
from pathlib import Path

import click

from pmanalytics.cli.opening import find_configuration, open_data
from pmanalytics.cli.options import config_option, format_option, sample_option
from pmanalytics.cli.saying import say, say_unread

__all__ = ["history", "ingest"]

STORE = "store"


@click.command(short_help="Keep exports in a store, each one once.")
@click.argument("paths", nargs=-1)
@config_option
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="The folder of the store; else the one that the configuration names, else ./store beside "
    "it.",
)
@click.option(
    "--buckets",
    type=click.IntRange(1, 4096),
    default=8,
    help="Into how many folders the items of a new store are divided; more for many millions.",
)
def ingest(paths: tuple[str, ...], config: Path | None, store: Path | None, buckets: int) -> None:
    """Keep exports in a store, each one once; exit 1 if a file cannot be read.

    PATHS are exports: files, folders or globs. Without one, the configuration names them. With
    store = "store" in the configuration, every other verb reads what the store keeps.
    """
    from pmanalytics import exchange, ingesting
    from pmanalytics.settings import Settings, load_settings

    here = Path("pmanalytics.toml")
    if not paths or config or here.is_file():
        config = find_configuration(config)
    if store is None:
        settings = load_settings(config) if config else Settings()
        store = settings.folder / (settings.store or STORE)
    became = ingesting.ingest(store, *paths, config=config, buckets=buckets)
    click.echo(exchange.as_text(became.drop(columns="detail")))
    for path, detail in zip(became["path"], became["detail"], strict=True):
        if isinstance(detail, str):
            say(f"{path}: {detail}")
    if became["outcome"].eq("unreadable").any():
        sys.exit(1)


@click.command(short_help="Tell what became of an item.")
@click.argument("item")
@config_option
@sample_option
@format_option("text", "csv", "json", meaning="How to print it; else as lines of text.")
def history(item: str, config: Path | None, sample: bool, form: str) -> None:  # noqa: FBT001
    """Tell what became of an item: dates put off, hand-offs, closings, reopenings, decisions.

    ITEM is an item_id like jira:PAY-12, or a key that only one item has. What a tracker does not
    remember is told from its successive exports; keep them with 'pmanalytics ingest'.
    """
    import json

    from pmanalytics import exchange, stories

    data = open_data((), config=config, sample=sample)
    say_unread(data.rejects)
    if form == "text":
        click.echo(stories.history_text(data, item))
    elif form == "csv":
        click.echo(exchange.as_csv(stories.history(data, item)), nl=False)
    else:
        rows = exchange.json_rows(stories.history(data, item))
        click.echo(json.dumps({"item": item, "events": rows}, ensure_ascii=False))
