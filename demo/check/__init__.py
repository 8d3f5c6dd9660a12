"""The main job driven once through HTTP, page by page, as the people of the demo would do it."""
