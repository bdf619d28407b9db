"""Thin views: fetch (which is the permission check), form, verb, respond."""
