"""The groups of figures of the bench: each module measures one, from the same projects."""
