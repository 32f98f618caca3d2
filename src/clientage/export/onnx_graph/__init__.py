"""A run as an ONNX graph. Receives a saved model; returns a file that scores raw columns wherever ONNX runs."""
