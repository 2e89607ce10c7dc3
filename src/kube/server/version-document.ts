/** The Kubernetes version whose API is spoken: kubectl allows itself one minor version of difference. */
const kubernetesVersion = { major: '1', minor: '32', patch: '0' }

/** The answer of `/version`; `version` is the program's own. */
export function versionDocument(version: string) {
  const { major, minor, patch } = kubernetesVersion
  return {
    major,
    minor,
    gitVersion: `v${major}.${minor}.${patch}+sluice-${version.replaceAll(/[^0-9A-Za-z.-]/g, '-')}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform: `${process.platform}/${process.arch}`,
  }
}
