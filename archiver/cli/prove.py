"""`archiver prove`: one record of a manifest, with its proof."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli import _common, _out
from archiver.errors import ArchiverError
from archiver.evidence import proofs

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver prove evidence.json twitter:919659438700670976 --out proof.json
  archiver prove evidence.json 'post twitter:919659438700670976' --out proof.json
  archiver verify proof.json
  jq -r '.register[] | .kind + " " + .name' evidence.json          # what can be proven
"""


@click.command("prove", epilog=_EPILOG)
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("record")
@_out.file
def command(manifest: Path, record: str, out: Path) -> None:
    """Write one RECORD of a MANIFEST, and what proves that it is one of its records, as a file of its own.

    So a single post can be shown, with the stamps of time of the manifest, and nothing else of it. RECORD is a name of
    the manifest's register, with or without the kind before it; a post's name is its platform, a colon and its id.
    """
    try:
        proof = proofs.made(manifest, record)
        proofs.write(out, proof)
    except ArchiverError as error:
        raise _common.refusal(error) from error
    about = _common.printable(str(proof.entry))
    _common.put(f"{about} in {out}, {_common.many(len(proof.path), 'step')} from the root")
