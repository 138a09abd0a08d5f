#!/usr/bin/env bash
# Takes every picture of the console anew: runs the tests that look at every page, then makes docs/images of what they left in
# artifacts/screens (the wide and light ones, with fewer colours). A picture's name is its screen's name. Needs Chromium and pngquant.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

ATSTATUS_TEST_REQUIRE=browser dotnet test --project ATStatus.Tests --filter-class "*ScreenTests"
shrink() { pngquant --force --skip-if-larger --output "$1" 64 "$2"; }
for picture in docs/images/console/*.png; do
  shrink "$picture" "artifacts/screens/$(basename "$picture" .png)-1280-light.png"
done
for picture in overview deliveries; do # README's, as tall as a screen
  shrink "docs/images/$picture.png" "artifacts/screens/readme-$picture.png"
done
for picture in menu incident-told; do # as a phone has them
  shrink "docs/images/console/phone/$picture.png" "artifacts/screens/$picture-390-dark.png"
done
