"""For a shared screen: names, addresses and namespaces are shown as others, and can be told apart all the same."""
