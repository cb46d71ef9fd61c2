"""Settings of the kernels that execute the book while it is built."""

c = get_config()  # noqa: F821
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.rc = {}

# What works today and is announced to stop is an error today, except what
# three packages do inside and no chapter can change.
c.InteractiveShellApp.exec_lines = [
    f"__import__('warnings').filterwarnings({rule})"
    for rule in (
        "'error', category=DeprecationWarning",
        "'error', category=PendingDeprecationWarning",
        "'error', category=FutureWarning",
        # ipykernel, about its own way to shut down
        "'ignore', category=PendingDeprecationWarning, module='ipykernel'",
        # tornado, when it starts the kernel's loop
        "'ignore', message='There is no current event loop'",
        # matplotlib-inline watches its settings in the way of traitlets 3
        "'ignore', message=r'InlineBackend\\..* deprecated in traitlets 4'",
    )
]
