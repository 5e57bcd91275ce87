"""The verbs about the store: keep what exports say."""

import sys
from pathlib import Path

import click

from pmanalytics.cli.opening import find_configuration
from pmanalytics.cli.options import config_option
from pmanalytics.cli.saying import say

__all__ = ["ingest"]

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
