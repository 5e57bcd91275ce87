"""`python -m pmanalytics` is the command `pmanalytics`."""

from pmanalytics.cli import main

if __name__ == "__main__":
    main()
