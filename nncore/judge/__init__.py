"""How good a network is, on drawn and photographed digits too, and when it should doubt."""
