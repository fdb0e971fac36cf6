"""How one target is shown to the go command: directory, arguments, flags and variables, and what may be edited."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hrgc.errors import InputError, NoGoFilesError
from hrgc.plugin import Cancel, OpenOptions
from plugins.golang import modules
from plugins.golang.constraints import Platform, constraint, including
from plugins.golang.golist import GoFile, ListError, Package, list_package
from plugins.golang.overlay import OverlayStore
from plugins.golang.programs import alone
from plugins.golang.sources import is_generated, read_source
from plugins.golang.toolchain import GoSettings, Toolchain


@dataclass(frozen=True, slots=True)
class Layout:
    """One package with everything a go command about it needs."""

    directory: Path
    """Where go is run."""
    package: Package
    editable: tuple[Path, ...]
    """Files that may be edited."""
    arguments: tuple[str, ...] = (".",)
    """What names the package on a command line: ``.`` or file names."""
    flags: tuple[str, ...] = ()
    """Build flags (``-tags``)."""
    fixed: Mapping[Path, Path] = field(default_factory=dict)
    """Overlay replacements that hold for every command."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Environment variables on top of the toolchain's."""
    notes: tuple[str, ...] = ()
    runnable: bool = True
    """False when the package is built for another system, so that its tests cannot run here."""
    compiles_c: bool = False
    """True when the package uses cgo and its C compiler is here."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is decided so far."""

    toolchain: Toolchain
    store: OverlayStore
    directory: Path
    named: Path | None
    """The file that was asked for."""
    module: modules.ModuleSetting
    tags: tuple[str, ...]
    extra: Mapping[str, str]
    cancel: Cancel | None = None
    arguments: tuple[str, ...] = (".",)
    notes: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        """Build flags without the overlay."""
        return (*self.module.flags, *modules.tag_flags(self.tags, self.toolchain.settings))

    def listed(self) -> Package:
        """Ask the go command; raises the HrgcError that fits what it says."""
        try:
            return list_package(
                self.toolchain,
                cwd=self.directory,
                arguments=self.arguments,
                flags=(*self.flags, *self.store.flags({}, self.module.fixed)),
                extra=self.extra,
                cancel=self.cancel,
            )
        except ListError as error:
            found = modules.problem(error.words, self.directory, self.toolchain.settings)
            raise found or error from error

    def noted(self, *notes: str) -> _Draft:
        """Return the draft with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def arrange(
    target: Path, options: OpenOptions, toolchain: Toolchain, store: OverlayStore, cancel: Cancel | None = None
) -> Layout:
    """Return how to work on *target*, an absolute path to a file or directory that exists.

    A *cancel* ends the go commands that this takes. Raises InputError, NoGoFilesError or GoToolError.
    """
    named = None if target.is_dir() else target
    directory = _home(target if named is None else target.parent)
    if named is not None:
        named = directory / named.name
    module = modules.locate(directory, toolchain.settings, store)
    too_new = modules.directive_too_new(module.root, toolchain.settings)
    if too_new is not None:
        raise too_new
    draft = _Draft(toolchain, store, directory, named, module, options.tags, module.extra, cancel, notes=module.notes)
    draft, package = _listed(draft)
    if named is not None and named not in package.sources:
        draft, package = _include(draft, named, package)
    draft, package = _separate(draft, package)
    _check(draft, package)
    files = package.files if options.tests else tuple(f for f in package.files if not f.test)
    editable, notes = _editable(draft, package)
    settings = toolchain.settings
    system, architecture = draft.extra.get("GOOS", settings.os), draft.extra.get("GOARCH", settings.arch)
    runnable = (system, architecture) == (settings.os, settings.arch)
    return Layout(
        directory=directory,
        package=replace(package, files=files),
        editable=editable,
        arguments=draft.arguments,
        flags=draft.flags,
        fixed=draft.module.fixed,
        extra=draft.extra,
        notes=(*draft.notes, *notes),
        runnable=runnable,
        compiles_c=package.uses_cgo and bool(shutil.which(_compiler(settings))),
    )


def _home(directory: Path) -> Path:
    """Return the directory as named, or the real one where only that is inside a module."""
    if modules.enclosing(directory, "go.mod") is None:
        real = directory.resolve()
        if modules.enclosing(real, "go.mod") is not None:
            return real
    return directory


def _listed(draft: _Draft) -> tuple[_Draft, Package]:
    """List the package, stepping around workspaces and vendor folders that do not fit."""
    try:
        package = draft.listed()
    except ListError as error:
        words = error.words
        if modules.outside_workspace(words):
            draft = replace(draft, extra={**draft.extra, "GOWORK": "off"})
            draft = draft.noted("go.work does not list this module: checked without the workspace")
        elif modules.inconsistent_vendor(words):
            draft = replace(draft, module=replace(draft.module, flags=("-mod=readonly",)))
            draft = draft.noted("vendor/ does not agree with go.mod: not used (`go mod vendor` renews it)")
        else:
            raise
        return draft, draft.listed()
    if modules.outside_workspace(package.error):
        draft = replace(draft, extra={**draft.extra, "GOWORK": "off"})
        return draft.noted("go.work does not list this module: checked without the workspace"), draft.listed()
    return draft, package


def _include(draft: _Draft, named: Path, package: Package) -> tuple[_Draft, Package]:
    """Bring the *named* file into the build by tags or platform, or take it on its own; raises InputError."""
    content = read_source(named)
    settings = draft.toolchain.settings
    if named in package.ignored and b'import "C"' in content and not constraint(content):
        raise InputError(
            f'{named} imports "C", and cgo is off or has no C compiler here',
            "install a C compiler or set CGO_ENABLED=1 and CC",
        )
    host = Platform(settings.os, settings.arch, settings.cgo, settings.version[1], draft.tags)
    wanted = including(named.name, content, host) if named in package.ignored else None
    if wanted is not None and "ignore" not in wanted.tags:
        extra = dict(draft.extra)
        if (wanted.system, wanted.architecture) != (host.system, host.architecture):
            extra.update(GOOS=wanted.system, GOARCH=wanted.architecture, CGO_ENABLED="0")
        tried = replace(draft, tags=wanted.tags, extra=extra)
        listed = tried.listed()
        if named in listed.sources:
            return tried.noted(_included_note(named, wanted, host)), listed
    single = replace(draft, arguments=(named.name,))
    listed = single.listed()
    if named not in listed.sources and named.name[0] in "._":
        raise InputError(
            f"{named}: the go command ignores names that begin with {named.name[0]}", "rename the file first"
        )
    if named not in listed.sources:
        raise InputError(
            f"{named} is left out by its build constraint ({constraint(content) or named.name})",
            "give the tags it needs with --tags, or set GOOS and GOARCH",
        )
    return single.noted(f"{named.name} is not part of the package here: checked on its own"), listed


def _included_note(named: Path, wanted: Platform, host: Platform) -> str:
    """Say how a file was brought into the build."""
    ways = [f"tag {tag}" for tag in wanted.tags if tag not in host.tags]
    if (wanted.system, wanted.architecture) != (host.system, host.architecture):
        ways.append(f"{wanted.system}/{wanted.architecture}, so its tests cannot run here")
    return f"{named.name} is built for {' and '.join(ways)}"


def _separate(draft: _Draft, package: Package) -> tuple[_Draft, Package]:
    """Take a named file out of a directory of several programs or packages."""
    if draft.arguments != (".",):
        return draft, package
    chosen = alone(draft.directory, draft.named, package.sources)
    if chosen is None:
        return draft, package
    draft = replace(draft, arguments=chosen.arguments).noted(chosen.note)
    return draft, draft.listed()


def _check(draft: _Draft, package: Package) -> None:
    """Raise the error that fits a package nothing can be done with."""
    if package.sources:
        return
    found = modules.problem(package.error, draft.directory, draft.toolchain.settings)
    if found is not None:
        raise found
    if package.ignored:
        names = ", ".join(path.name for path in package.ignored[:3])
        raise NoGoFilesError(
            f"build constraints exclude all Go files in {draft.directory} ({names})", "name a file, or give --tags"
        )
    raise NoGoFilesError(
        f"no Go files to repair in {draft.directory}", "name a directory with .go files that are not tests"
    )


def _editable(draft: _Draft, package: Package) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Return the files that may be edited, and what there is to say about those and the others."""
    notes = [f"the go command says: {package.error.splitlines()[0]}"] if _beyond(package) else []
    settings = draft.toolchain.settings
    if package.uses_cgo:
        compiler = _compiler(settings)
        state = "" if shutil.which(compiler) else f"; {compiler} is not installed, so vet and tests cannot run"
        notes.append(f"uses cgo: names of C are taken on trust until the package is built{state}")
    if draft.named is not None:
        if is_generated(read_source(draft.named)):
            notes.append(f"{draft.named.name} is generated: the change is lost when it is generated again")
        return (draft.named,), tuple(notes)
    chosen: list[Path] = []
    refused: list[str] = []
    for file in package.files:
        if not file.test:
            reason = _refusal(file)
            chosen += [] if reason else [file.path]
            refused += [f"{file.path.name} is left alone: {reason}"] if reason else []
    if not chosen:
        raise InputError(
            f"no file of {draft.directory} can be edited ({'; '.join(refused)})",
            "name a file to work on it all the same",
        )
    return tuple(chosen), (*notes, *refused)


def _compiler(settings: GoSettings) -> str:
    """Return the C compiler that cgo runs."""
    return settings.compiler.split()[0] if settings.compiler else "cc"


def _beyond(package: Package) -> bool:
    """Tell whether the go command objects to something that no edit of a Go file mends (stray C files, embeds)."""
    about_text = package.error_position.partition(":")[0].endswith(".go") or "found packages" in package.error
    return bool(package.error) and not about_text


def _refusal(file: GoFile) -> str:
    """Return why a file of a directory is not edited, '' when it may be."""
    try:
        content = read_source(file.path)
    except InputError as error:
        return error.message.removeprefix(f"{file.path} ")
    return "generated" if is_generated(content) else ""
