# The same commands as the Makefile's, for those who have just.

default:
    @just --list

# build everything and run all tests but the long ones
test:
    @make --no-print-directory test

# run the long ones too
test-all:
    @make --no-print-directory test-all

# warnings as errors with gcc and clang, clang-tidy, mypy
typecheck:
    @make --no-print-directory typecheck

# format all sources
fmt:
    @make --no-print-directory fmt

# serve a catalog and follow every save
serve package="" *args="":
    @make --no-print-directory serve PACKAGE="{{package}}" ARGS="{{args}}"

# write a static catalog
build package out:
    @make --no-print-directory build PACKAGE="{{package}}" OUT="{{out}}"
