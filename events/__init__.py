"""How events travel: the wire, the stream, the embedded broker, publishing and subscribing."""
