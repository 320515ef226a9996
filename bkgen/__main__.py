"""`python -m bkgen` is the `bkgen` command."""

from bkgen.cli import main

if __name__ == "__main__":
    main(prog_name="bkgen")
