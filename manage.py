#!/usr/bin/env python
"""Django's own commands, for developers (`manage.py makemigrations`). The product's are in `regard`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regard.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
