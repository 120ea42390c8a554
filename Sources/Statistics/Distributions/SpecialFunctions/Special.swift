/// Special functions of mathematics, the ground under the distributions. One family a file.
public enum Special {}
