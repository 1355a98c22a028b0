"""What is wrong with a Sightline that runs: each part is examined by a module of its own."""
