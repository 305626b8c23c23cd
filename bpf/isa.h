/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opcode constants under the kernel's names, from RFC 9669 and instruction-set.rst. The
 * <linux/bpf.h> of a distribution may be years older than the kernel under test and defines the
 * same names, so never include both.
 */
#ifndef CHECKJIT_ISA_H
#define CHECKJIT_ISA_H

/* bits 0-2: class */
#define BPF_CLASS(code) ((code)&0x07)
#define BPF_LD		0x00
#define BPF_LDX		0x01
#define BPF_ST		0x02
#define BPF_STX		0x03
#define BPF_ALU		0x04
#define BPF_JMP		0x05
#define BPF_JMP32	0x06
#define BPF_ALU64	0x07

/* loads and stores, bits 3-4: size */
#define BPF_SIZE(code) ((code)&0x18)
#define BPF_W	       0x00
#define BPF_H	       0x08
#define BPF_B	       0x10
#define BPF_DW	       0x18

/* loads and stores, bits 5-7: mode */
#define BPF_MODE(code) ((code)&0xe0)
#define BPF_IMM	       0x00
#define BPF_ABS	       0x20
#define BPF_IND	       0x40
#define BPF_MEM	       0x60
#define BPF_MEMSX      0x80
#define BPF_ATOMIC     0xc0

/* arithmetic and jumps, bit 3: source of the second operand */
#define BPF_SRC(code) ((code)&0x08)
#define BPF_K	      0x00
#define BPF_X	      0x08
#define BPF_TO_LE     0x00 /* of BPF_END; with ALU64: unconditional swap */
#define BPF_TO_BE     0x08

/* arithmetic, bits 4-7: operation */
#define BPF_OP(code) ((code)&0xf0)
#define BPF_ADD	     0x00
#define BPF_SUB	     0x10
#define BPF_MUL	     0x20
#define BPF_DIV	     0x30 /* off 1: signed */
#define BPF_OR	     0x40
#define BPF_AND	     0x50
#define BPF_LSH	     0x60
#define BPF_RSH	     0x70
#define BPF_NEG	     0x80
#define BPF_MOD	     0x90 /* off 1: signed */
#define BPF_XOR	     0xa0
#define BPF_MOV	     0xb0 /* off 8, 16, 32: sign extension of so many bits */
#define BPF_ARSH     0xc0
#define BPF_END	     0xd0

#define BPF_ADDR_SPACE_CAST 1 /* off of ALU64 | MOV | X */

/* jumps, bits 4-7: operation */
#define BPF_JA	  0x00
#define BPF_JEQ	  0x10
#define BPF_JGT	  0x20
#define BPF_JGE	  0x30
#define BPF_JSET  0x40
#define BPF_JNE	  0x50
#define BPF_JSGT  0x60
#define BPF_JSGE  0x70
#define BPF_CALL  0x80
#define BPF_EXIT  0x90
#define BPF_JLT	  0xa0
#define BPF_JLE	  0xb0
#define BPF_JSLT  0xc0
#define BPF_JSLE  0xd0
#define BPF_JCOND 0xe0

/* whole opcodes; the three kinds of calls differ in src_reg */
#define BPF_JMP_CALL	 (BPF_JMP | BPF_CALL)
#define BPF_JMP_EXIT	 (BPF_JMP | BPF_EXIT)
#define BPF_JMP_MAY_GOTO (BPF_JMP | BPF_JCOND)

#define BPF_MAY_GOTO 0 /* src_reg of JMP | JCOND */

/* imm of STX | ATOMIC: BPF_ADD, BPF_OR, BPF_AND, BPF_XOR with or without BPF_FETCH, or these */
#define BPF_FETCH     0x01
#define BPF_XCHG      (0xe0 | BPF_FETCH)
#define BPF_CMPXCHG   (0xf0 | BPF_FETCH)
#define BPF_LOAD_ACQ  0x100
#define BPF_STORE_REL 0x110

/* src_reg of LD | IMM | DW */
#define BPF_PSEUDO_MAP_FD	 1
#define BPF_PSEUDO_MAP_VALUE	 2
#define BPF_PSEUDO_BTF_ID	 3
#define BPF_PSEUDO_FUNC		 4
#define BPF_PSEUDO_MAP_IDX	 5
#define BPF_PSEUDO_MAP_IDX_VALUE 6

/* src_reg of JMP | CALL; 0 is a helper */
#define BPF_PSEUDO_CALL	      1
#define BPF_PSEUDO_KFUNC_CALL 2

#define MAX_BPF_REG    11 /* r0-r10 */
#define BPF_REG_FP     10
#define BPF_REG_PARAMS 11 /* r11: base of the stack arguments */

#endif
