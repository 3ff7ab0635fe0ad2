"""What tables show, for Qt's own table views."""
