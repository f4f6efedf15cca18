/* SPDX-License-Identifier: MIT */
/* embed.c - writes a file as a C function that returns its bytes: embed IN OUT.c FUNCTION HEADER */
#include <stdio.h>

int main(int argc, char **argv)
{
	FILE *in = argc == 5 ? fopen(argv[1], "rb") : NULL;
	FILE *out = in ? fopen(argv[2], "w") : NULL;
	int byte;
	unsigned long n = 0;

	if (!out) {
		fprintf(stderr, "usage: embed IN OUT.c FUNCTION HEADER\n");
		return 1;
	}
	fprintf(out, "/* SPDX-License-Identifier: MIT */\n/* made by tools/embed.c */\n#include \"%s\"\n\n", argv[4]);
	fprintf(out, "static const unsigned char bytes[] = {");
	for (; (byte = getc(in)) != EOF; n++)
		fprintf(out, "%s%d,", n % 24 ? "" : "\n\t", byte);
	fprintf(out, "\n\t0};\n\nslice %s(void)\n{\n\treturn slice_from((const char *)bytes, sizeof bytes - 1);\n}\n", argv[3]);
	if (ferror(in) || fclose(out) != 0) {
		fprintf(stderr, "embed: cannot copy %s to %s\n", argv[1], argv[2]);
		return 1;
	}
	return fclose(in) != 0;
}
