"""What the pipeline is trained from: corpora read where they lie, names, and incident text that we write ourselves."""
