"""From events to colours: resolve, fold, assess. Pure: no clock, no I/O, no settings.

`resolve` decides which events count and whose they are, `fold` reads one young person's facts
out of them, `assess` writes down their whole line of colours, past and future.
"""
