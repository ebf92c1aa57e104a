/** The native part is a file beside the code, and is not bundled. */
export default { serverExternalPackages: ['shutterkey'] };
