#!/bin/sh
# Builds the model's image and pushes it to ECR; creates the repository when there is none.
# Needs docker and the AWS command line, signed in. Settings: AWS_ACCOUNT_ID and AWS_REGION, and
# IMAGE_TAG (default latest), ECR_REPOSITORY (default swath-model), PLATFORM (default linux/amd64).
set -eu
: "${AWS_ACCOUNT_ID:?set it to the 12 digits of the account}"
: "${AWS_REGION:?set it to the region of the endpoint, like us-east-1}"
tag="${IMAGE_TAG:-latest}"
repository="${ECR_REPOSITORY:-swath-model}"
registry="$AWS_ACCOUNT_ID.dkr.ecr.$AWS_REGION.amazonaws.com"
image="$registry/$repository:$tag"

docker build --platform "${PLATFORM:-linux/amd64}" -t "$image" "$(dirname "$0")"
aws ecr get-login-password --region "$AWS_REGION" | docker login --username AWS --password-stdin "$registry"
aws ecr describe-repositories --region "$AWS_REGION" --repository-names "$repository" >/dev/null 2>&1 ||
  aws ecr create-repository --region "$AWS_REGION" --repository-name "$repository" --image-scanning-configuration scanOnPush=true >/dev/null
docker push "$image"
echo "$image"
