"""The explorer's JavaScript, CSS and icons, served at /ui-static."""
