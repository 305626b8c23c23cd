/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommands of checkjit: one file each, one row each in cmd/main.c. */
#ifndef CHECKJIT_CMD_H
#define CHECKJIT_CMD_H

/* argv[0] is the subcommand's name; returns an exit code of lib/util.h. --help prints the usage to
 * stdout, exit 0; wrong usage: a message that says what was expected, exit 2. */
int cmd_asm(int argc, char **argv);
int cmd_dis(int argc, char **argv);
int cmd_model(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_soundness(int argc, char **argv);
int cmd_repro(int argc, char **argv);
int cmd_verdict(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_attribute(int argc, char **argv);
int cmd_vm(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_reduce(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_plugin(int argc, char **argv);
int cmd_fuzz_target(int argc, char **argv);
int cmd_grid(int argc, char **argv);
int cmd_fuzz_accept(int argc, char **argv);
int cmd_fuzz_corpus(int argc, char **argv);
int cmd_results(int argc, char **argv);
int cmd_known(int argc, char **argv);
int cmd_settings(int argc, char **argv);
int cmd_job(int argc, char **argv);
int cmd_guest(int argc, char **argv);

#endif
