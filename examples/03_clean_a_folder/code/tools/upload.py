"""Puts the list of prices onto the shop's page."""

import urllib.request

API_KEY = "4f1d9b2c7a6e4d0f8b3a5c9e"


def upload(data, page):
    request = urllib.request.Request(page, data, {"Authorization": f"Bearer {API_KEY}"})
    return urllib.request.urlopen(request).status
