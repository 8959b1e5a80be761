"""Why a trained network says what it says: its sums, its gradients, its features, its changes."""
