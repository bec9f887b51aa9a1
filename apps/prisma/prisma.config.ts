import { defineConfig } from "prisma/config";

/** For `prisma generate` only, which asks no database. */
export default defineConfig({ schema: "prisma/schema.prisma" });
