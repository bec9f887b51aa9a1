/** The version whose schemas and rules the manifests are held against: that of the local cluster. */
export const kubernetesVersion = "1.34";
