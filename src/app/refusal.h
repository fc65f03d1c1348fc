/**
 * Why subinterpreters can't be used, remembered in OUT: the next `serve --isolation auto` starts with processes, and
 * need not be refused first. Loop thread only.
 */
#ifndef STY_APP_REFUSAL_H
#define STY_APP_REFUSAL_H

/** The reason, one line, owned by the caller; NULL: none is known. `output_dir` is absolute. */
char *sty_refusal_read(const char *output_dir);

/** Remember the first line of `reason`, in an OUT that has been published to. Where it can't be written, the next start
 * finds it out again. */
void sty_refusal_write(const char *output_dir, const char *reason);

/** Subinterpreters are of use after all. */
void sty_refusal_forget(const char *output_dir);

#endif
