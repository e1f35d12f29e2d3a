"""The test suite: mirrors the code, plus contract suites, a real browser and golden trees."""
