/** The version that this provider stands in for: that of the npm package @pulumi/random. */
export const VERSION = "4.21.2";
