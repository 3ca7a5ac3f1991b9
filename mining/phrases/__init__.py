"""The phrase miner: frequent n-grams scored without supervision. Plain Python and numpy, no Django."""
