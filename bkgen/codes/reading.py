"""Findings about files and their text: BK1xx."""

from bkgen.codes.code import Code

READING = {
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
    "BK125": Code(
        "info",
        "More findings",
        "Of each severity, 200 findings of a document are told: mend these first. All of them are counted.",
    ),
}
