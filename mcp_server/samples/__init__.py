"""Databases to try kotae on, made by rule from a fixed seed. The server never imports them."""
