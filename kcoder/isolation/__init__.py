"""Keeps programs in: namespaces or landlock, seccomp, limits. Standard library only; knows no language and no test."""
