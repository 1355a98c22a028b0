"""A made-up council: invented young people with a believable history, for `sightline demo`."""
