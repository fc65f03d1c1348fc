/**
 * Remembers in OUT why subinterpreters can't be used, so that the next `serve --isolation auto` starts with processes
 * at once. Loop thread only.
 */
#ifndef STY_APP_REFUSAL_H
#define STY_APP_REFUSAL_H

/** The reason, one line, new; NULL: none is known. `output_dir` is absolute. */
char *sty_refusal_read(const char *output_dir);

/** Remember the first line of `reason`, in an OUT that storytime has published to. A failure is ignored: then the next
 * start finds out again. */
void sty_refusal_write(const char *output_dir, const char *reason);

/** Forget the reason, as subinterpreters can be used after all. */
void sty_refusal_forget(const char *output_dir);

#endif
