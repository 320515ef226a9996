"""The codes of all diagnostics, with severity and the text of the reference.

BK1xx reading · BK2xx structure and spelling · BK3xx tables · BK4xx endpoints · BK5xx types and bodies ·
BK6xx service · BK7xx writing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Attributes:
        severity: `error`, `warning`, `info` or `hint`.
        title: what it is, in a few words; the heading in the reference and the rule's name in SARIF.
        help: one or two sentences: why it is a finding and what to do.
    """

    severity: str
    title: str
    help: str


CODES: dict[str, Code] = {
    # BK1xx: reading
    "BK101": Code("error", "No such path", "A path on the command line names no file and no folder."),
    "BK102": Code("error", "Unreadable", "A file or folder cannot be read: check its permissions and what it is."),
    "BK103": Code("error", "No document by its ending", "Documents end in `.json`, `.yaml` or `.yml`."),
    "BK104": Code(
        "error", "Folder without documents", "A folder holds no `.json`, `.yaml` or `.yml` file at any depth."
    ),
    "BK105": Code(
        "error", "Symbolic link in a circle", "A link leads back to a folder that it stands in: remove the link."
    ),
    "BK106": Code(
        "error", "Document too large", "A document may have 5 MB: split it into several files of one folder."
    ),
    "BK107": Code(
        "error",
        "File name that cannot be shown",
        "Names of documents appear in messages and generated files: they are UTF-8 without control characters.",
    ),
    "BK108": Code("error", "Not UTF-8", "Documents are encoded in UTF-8: save the file as UTF-8."),
    "BK109": Code("error", "Byte order mark", "Documents begin with their text: save the file as UTF-8 without BOM."),
    "BK110": Code("error", "Empty document", "A document without content says nothing: fill it or remove the file."),
    "BK111": Code("error", "Invalid JSON", "The text is no JSON as RFC 8259 defines it."),
    "BK112": Code("error", "Comment in JSON", "JSON has no comments: remove it, or write the document in YAML."),
    "BK113": Code("error", "Trailing comma", "JSON has no comma behind the last value: remove it."),
    "BK114": Code(
        "error", "No JSON value", 'JSON knows `true`, `false`, `null`, finite decimal numbers and `"strings"`.'
    ),
    "BK115": Code(
        "error",
        "Invalid string",
        "A string holds an escape, a control character or half a surrogate pair that no text may hold.",
    ),
    "BK116": Code("error", "Number out of range", "Integers have 64 bits and other numbers are finite doubles."),
    "BK117": Code("error", "Nested too deeply", "A document may be nested 64 levels deep."),
    "BK118": Code("error", "Duplicate key", "An object has each key once: the second value would hide the first."),
    "BK119": Code("error", "Invalid YAML", "The text is no YAML."),
    "BK120": Code(
        "error", "YAML anchor or alias", "Documents say everything in full: write the value where it is used."
    ),
    "BK121": Code("error", "YAML tag", "Types are told by what is written, not by tags: remove the tag."),
    "BK122": Code("error", "YAML merge key", "Documents say everything in full: write the keys where they are used."),
    "BK123": Code("error", "Several YAML documents in one file", "A file holds one document: split it at `---`."),
    "BK124": Code(
        "error", "YAML key that is no string", "Keys are strings or whole numbers (statuses): quote the key."
    ),
    # BK2xx: structure and spelling
    "BK201": Code(
        "error",
        "No document of bkgen",
        "A document has endpoints (`method` and `path`, or `endpoints`), `tables`, a `service`, or several of them.",
    ),
    "BK202": Code("error", "OpenAPI document", "bkgen reads its own contracts; OpenAPI documents are not read yet."),
    "BK203": Code(
        "error", "Not supported by this version", "The key belongs to the language, but this version does not know it."
    ),
    "BK204": Code(
        "error", "Unknown key", "No key is ignored: one that means nothing here is probably a slip of the pen."
    ),
    "BK205": Code("error", "Missing key", "An object lacks a key that it cannot be without."),
    "BK206": Code("error", "Wrong type", "A value is of another JSON type than its key takes."),
    "BK207": Code("error", "Invalid value", "A value has the right type, but its key does not take it."),
    "BK208": Code("error", "Said twice", "Two spellings of one key stand in the same object: remove one."),
    "BK209": Code("error", "Several services", "The documents of one backend describe one service."),
    "BK210": Code(
        "error", "Can be read in two ways", "The spelling means two different things: write the one that is meant."
    ),
    "BK211": Code("error", "SQL in a type", "What SQL says behind a type is said by keys of the column."),
    "BK212": Code("warning", "Key without effect", "The key is understood, but nothing in the backend depends on it."),
    "BK213": Code("hint", "Other spelling", "The document is understood; this is how the reference spells it."),
    # BK3xx: tables
    # BK4xx: endpoints
    # BK5xx: types and bodies
    # BK6xx: service
    # BK7xx: writing
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
}
