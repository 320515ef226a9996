"""Findings about the folder that is written to: BK7xx."""

from bkgen.codes.code import Code

WRITING = {
    "BK701": Code(
        "error",
        "Path that cannot be written",
        "Output stays in its folder and works on every system: no path leads out of it, has a name that some system "
        "forbids, or differs from another one only in case.",
    ),
    "BK702": Code(
        "error", "Folder not writable", "The output folder cannot be written: the message says what is in the way."
    ),
    "BK703": Code(
        "error", "Folder in use", "Another bkgen is writing to the folder: two at once would mix their files."
    ),
    "BK704": Code(
        "error",
        "Damaged manifest",
        "`.bkgen/manifest.json` tells which files are bkgen's own. Where it was edited or merged, no file is "
        "overwritten unless `--force` says so; what it replaces is kept as `name.orig`.",
    ),
    "BK705": Code(
        "error",
        "Files in the way",
        "The output folder has files that bkgen did not write where it would write its own. Choose another folder; "
        "with `--force` they are replaced and kept as `name.orig`.",
    ),
    "BK710": Code(
        "error",
        "Handler that is not there",
        "The function that `handler` names has to be in the output folder before anything is generated: it is the "
        "developer's to write. The message has its imports and its first line.",
    ),
    "BK711": Code(
        "error",
        "Handler with other types",
        "A handler takes and gives exactly what the contract says: the message tells what is different, and how it has "
        "to begin.",
    ),
}
