#!/usr/bin/env bash
# Installs @tensorflow/tfjs-node, the native TensorFlow for training and for the engine of that name, into
# node_modules. Does nothing where it works already. Option: --undo removes it and what was downloaded for it.
#
# It is not in package.json, not even as an optional dependency: its install step downloads libtensorflow, and where
# that host cannot be reached npm takes the whole optional tree away again, TensorFlow.js on WebAssembly included,
# after half a minute of every `npm ci`. Where it can be reached, each appliance would hold 0.5 GB that it never
# loads. So it is asked for by this script, at a pinned version, without saving it; `npm ci` removes it.
#
# libtensorflow comes from where the package itself gets it, else out of a wheel of TensorFlow for Python: the same
# library, of a newer version, against which the addon is then compiled. Tried on x64; on arm64 it goes the same
# way, untried. There is no TensorFlow for 32-bit ARM.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/setup.sh

TFJS_NODE=4.22.0
TENSORFLOW=2.21.0
# The version that tfjs-node's install step looks for by name.
EXPECTED_LIBRARY=2.9.1
DOWNLOAD_SECONDS=600

package=node_modules/@tensorflow/tfjs-node
library=.cache/libtensorflow
log=$PWD/.cache/install-tfjs-node.log
quietly() { "$@" >>"$log" 2>&1; }
step() { say "$1/5 $2"; }
# Development packages are left out where they were left out before.
omit=()
[ -d node_modules/typescript ] || omit+=(--omit=dev)

works() {
  [ -d "$package" ] && quietly env TF_CPP_MIN_LOG_LEVEL=1 node --input-type=module -e '
    import util from "node:util"
    util.isNullOrUndefined ??= (value) => value === null || value === undefined
    const { default: tf } = await import("@tensorflow/tfjs-node")
    const [seven] = tf.matMul([[1, 2]], [[1], [3]]).dataSync()
    if (tf.getBackend() !== "tensorflow" || seven !== 7) throw new Error("it computes something else")'
}

undo() {
  say '1/2 Removing @tensorflow/tfjs-node and what only it needs'
  rm -rf "$package"
  quietly npm prune --no-save --ignore-scripts --no-audit --no-fund "${omit[@]}" ||
    die 'npm could not remove what it had installed.' "Look at $log; \`npm ci\` removes it too."
  say '2/2 Removing libtensorflow'
  rm -rf "$library"
  say 'tfjs-node is gone.'
}

# The libraries and the headers that the addon needs, out of the wheel. A directory is there whole or not at all.
unpack_wheel() {
  [ -d "$library/$TENSORFLOW" ] && return 0
  rm -rf "$library" && mkdir -p "$library/wheel"
  local name
  for name in tensorflow-cpu tensorflow; do
    quietly python3 -m pip download --no-deps --only-binary :all: --dest "$library/wheel" "$name==$TENSORFLOW" && break
  done
  quietly python3 - "$library" <<'PYTHON' || return 1
import glob, sys, zipfile
directory = sys.argv[1]
headers = [f'tensorflow/include/{part}' for part in
           ('tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/', 'xla/tsl/')]
libraries = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2']
with zipfile.ZipFile(glob.glob(f'{directory}/wheel/*.whl')[0]) as wheel:
    wheel.extractall(f'{directory}/part', [name for name in wheel.namelist()
                                           if name.startswith(tuple(headers)) or name in libraries])
PYTHON
  [ -f "$library/part/tensorflow/libtensorflow_cc.so.2" ] || return 1
  mv "$library/part/tensorflow" "$library/$TENSORFLOW"
  rm -rf "$library/wheel" "$library/part"
}

# The names under which the addon is linked, and those that the libraries call each other by.
link_library() {
  local from=$library/$TENSORFLOW name
  rm -rf "$package/deps" && mkdir -p "$package/deps/lib"
  ln -sr "$from/include" "$package/deps/include"
  for name in libtensorflow_cc.so.2 libtensorflow.so "libtensorflow.so.$EXPECTED_LIBRARY"; do
    ln -sr "$from/libtensorflow_cc.so.2" "$package/deps/lib/$name"
  done
  for name in libtensorflow_framework.so.2 libtensorflow_framework.so; do
    ln -sr "$from/libtensorflow_framework.so.2" "$package/deps/lib/$name"
  done
}

mkdir -p .cache && : >"$log"
check_node
case "${1:-}" in
  --undo) undo; exit 0 ;;
  '') ;;
  *) die "Unknown option $1." 'The only one is --undo.' ;;
esac
case "$(uname -m)" in
  x86_64) ;;
  aarch64) say 'On arm64 this is untried.' ;;
  *) die "There is no TensorFlow for $(uname -m)." 'Train with tfjs-wasm.' ;;
esac

step 1 'Is it there and does it work?'
if works; then say 'Yes: nothing to do.'; exit 0; fi
install_dependencies
need_packages make:make g++:g++ python3:python3
use_local_headers

# What does not work is not left behind: whoever finds the package takes it for installed.
finished=no
trap '[ $finished = yes ] || rm -rf "$package"' EXIT
step 2 "@tensorflow/tfjs-node $TFJS_NODE from npm"
quietly npm install --no-save --ignore-scripts --no-audit --no-fund "${omit[@]}" "@tensorflow/tfjs-node@$TFJS_NODE" ||
  die 'npm could not install @tensorflow/tfjs-node.' "Look at $log; is there a network?"

if [ ! -d "$library/$TENSORFLOW" ]; then
  step 3 'libtensorflow as the package gets it itself'
  (cd "$package" && quietly timeout "$DOWNLOAD_SECONDS" npm run install) || true # judged by whether it works
  if works; then finished=yes; say 'tfjs-node works.'; exit 0; fi
  say '    It cannot be had there.'
fi

step 4 "libtensorflow out of TensorFlow $TENSORFLOW for Python (0.3 GB to download, 0.8 GB on disk)"
need_packages python3-pip:pip3
unpack_wheel ||
  die 'No wheel of TensorFlow could be had.' "Look at $log. Training works with tfjs-wasm too, in more time."
link_library

step 5 'Compiling the addon (a minute; on a Pi several)'
(cd "$package" && quietly npm run build-addon-from-source) ||
  die 'The addon could not be compiled.' "Look at $log."
works || die 'tfjs-node was installed, but does not work.' "Look at $log; scripts/install-tfjs-node.sh try again after scripts/install-tfjs-node.sh --undo."
finished=yes
say 'tfjs-node works.'
