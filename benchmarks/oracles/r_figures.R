# Figures of R's clusGap (package cluster) and clusterboot (package fpc) on made.csv, written to r_figures.csv.
#
#     cd benchmarks/oracles && Rscript r_figures.R
#
# clusGap: squared distances (d.power = 2, Tibshirani's W) and the box along principal axes (scaledPCA).
library(cluster)
library(fpc)
x <- as.matrix(read.csv("made.csv"))
set.seed(1)
draws <- 500
gap <- clusGap(x, FUNcluster = kmeans, nstart = 25, iter.max = 50, K.max = 6, B = draws, d.power = 2,
               spaceH0 = "scaledPCA", verbose = FALSE)$Tab
lines <- c("figure,k,segment,value,standard_error")
for (k in 1:6) {
  lines <- c(lines, sprintf("log_w,%d,0,%.10f,0", k, gap[k, "logW"]))
  lines <- c(lines, sprintf("gap,%d,0,%.10f,%.10f", k, gap[k, "gap"], gap[k, "SE.sim"] / sqrt(1 + 1 / draws) / sqrt(draws)))
}
set.seed(1)
boot <- clusterboot(x, B = 500, bootmethod = "boot", clustermethod = kmeansCBI, krange = 3, runs = 25, seed = 1,
                    count = FALSE)
sizes <- table(boot$result$partition)
for (j in order(boot$result$result$centers[, 1])) {
  lines <- c(lines, sprintf("jaccard,3,%d,%.10f,%.10f", sizes[[j]], boot$bootmean[j], sd(boot$bootresult[j, ]) / sqrt(500)))
}
# The same on all rows, each given to the nearest centre of the bootstrap solution (Dolnicar & Leisch 2017), as clientage
# does; clusterboot compares the drawn rows alone (Hennig 2007).
set.seed(1)
own <- kmeans(x, 3, nstart = 25)$cluster
best <- replicate(500, {
  centres <- kmeans(x[sample(nrow(x), replace = TRUE), ], 3, nstart = 25)$centers
  away <- sapply(1:3, function(j) colSums((t(x) - centres[j, ])^2))
  theirs <- max.col(-away)
  sapply(1:3, function(i) max(sapply(1:3, function(j) sum(own == i & theirs == j) / sum(own == i | theirs == j))))
})
for (i in 1:3) {
  lines <- c(lines, sprintf("jaccard_all,3,%d,%.10f,%.10f", sum(own == i), mean(best[i, ]), sd(best[i, ]) / sqrt(500)))
}
lines <- c(lines, sprintf("# %s; cluster %s; fpc %s", R.version.string, packageVersion("cluster"), packageVersion("fpc")))
writeLines(lines, "r_figures.csv")
