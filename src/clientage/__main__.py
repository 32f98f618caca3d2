"""`python -m clientage` is the `clientage` command."""

from clientage.cli.main import main

if __name__ == "__main__":
    main()
