"""What keeps the pages quick: how products are threaded, and a pass over many images in parts."""
